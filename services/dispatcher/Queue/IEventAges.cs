namespace Glue.Dispatcher.Queue;

/// <summary>How old events may become before they are given up.</summary>
public interface IEventAges
{
    /// <summary>Of events for one qualifier of a function (null: none was named), deployed or not.</summary>
    TimeSpan MaxAge(string accountId, string functionName, string? qualifier);

    /// <summary>The shortest of all qualifiers of the function: nothing that is younger is too old.</summary>
    TimeSpan ShortestMaxAge(string accountId, string functionName);
}
