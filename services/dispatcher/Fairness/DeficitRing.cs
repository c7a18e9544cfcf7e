namespace Glue.Dispatcher.Fairness;

/// <summary>
/// Deficit round robin (Shreedhar and Varghese, 1995): members take turns, each turn gives a member credit, and it is served while its credit
/// covers the cost of its next. What is left is carried over; who leaves begins at nothing.
/// </summary>
/// <remarks>
/// The quantum may be smaller than a cost, which keeps the bound tight (docs/fairness.md). Rounds in which nobody's credit suffices
/// are not walked but counted, so a choice takes at most a few looks at each member however large the costs are.
/// </remarks>
internal sealed class DeficitRing<T>
    where T : RingMember
{
    private readonly List<T> _members = [];
    private int _at;
    private long _turns;
    private int _newcomers; // stand from FirstNewcomer on, with no turn yet
    private bool _isCredited;

    public int Count => _members.Count;

    /// <summary>Behind the turn that is going on.</summary>
    private int FirstNewcomer => _isCredited ? _at + 1 : _at;

    /// <summary>
    /// Who has had no turn for a whole round has the next one, so that who asks for little waits little; who comes back sooner takes its turn after everybody
    /// else's, so that coming and going gains nothing.
    /// </summary>
    public void Add(T member)
    {
        (member.Credit, member.IsInRing) = (0, true);
        var isNext = member.LastTurn is not { } last || _turns - last > _members.Count;
        if (_members.Count == 0)
        {
            (_at, _isCredited, _newcomers) = (0, false, 1);
            _members.Add(member);
            return;
        }

        if (isNext)
        {
            _members.Insert(FirstNewcomer + _newcomers, member);
            _newcomers++;
            return;
        }

        _members.Insert(_at, member);
        _at++;
    }

    public void Remove(T member)
    {
        var index = _members.IndexOf(member);
        _newcomers -= index >= FirstNewcomer && index < FirstNewcomer + _newcomers ? 1 : 0;
        _members.RemoveAt(index);
        (member.Credit, member.IsInRing) = (0, false);
        if (index < _at)
        {
            _at--;
        }
        else if (index == _at)
        {
            _isCredited = false;
            _at = _at == _members.Count ? 0 : _at;
        }
    }

    /// <summary>Whose turn it is. Asking again changes nothing until somebody is charged, comes or goes.</summary>
    /// <returns>Null: nobody may be served.</returns>
    public T? Next()
    {
        while (_members.Count > 0)
        {
            // One more than there are: the first may have used up its turn already.
            for (var looked = 0; looked <= _members.Count; looked++)
            {
                var member = _members[_at];
                var cost = member.NextCost();
                if (cost >= 0)
                {
                    if (!_isCredited)
                    {
                        member.Credit += member.Quantum;
                        member.LastTurn = _turns;
                        _isCredited = true;
                        _newcomers = Math.Max(0, _newcomers - 1);
                    }

                    if (member.Credit >= cost)
                    {
                        return member;
                    }
                }

                _newcomers = _isCredited ? _newcomers : Math.Max(0, _newcomers - 1);
                _at = (_at + 1) % _members.Count;
                _isCredited = false;
                _turns++;
            }

            if (!CountRounds())
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Gives everybody the credit of the rounds before the first in which somebody's suffices.</summary>
    private bool CountRounds()
    {
        var rounds = long.MaxValue;
        foreach (var member in _members)
        {
            if (member.NextCost() is >= 0 and var cost)
            {
                rounds = Math.Min(rounds, Math.Max(0, ((cost - member.Credit + member.Quantum - 1) / member.Quantum) - 1));
            }
        }

        if (rounds == long.MaxValue)
        {
            return false;
        }

        _turns += rounds * _members.Count;
        foreach (var member in _members)
        {
            member.Credit += member.NextCost() >= 0 ? rounds * member.Quantum : 0;
        }

        return true;
    }
}
