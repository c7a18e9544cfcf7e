using Glue.Contracts.Channel;

namespace Glue.Guest.Runtime;

/// <summary>The strings of an <see cref="InitMessage"/>, where they lie.</summary>
internal unsafe ref struct Texts(byte* payload)
{
    private byte* _at = payload + InitMessage.FixedSize;

    public byte* Next()
    {
        var text = _at;
        while (*_at != 0)
        {
            _at++;
        }

        _at++;
        return text;
    }

    /// <summary>Fills an array as exec(3) wants it, null at the end.</summary>
    public void Next(byte** pointers, int count)
    {
        for (var i = 0; i < count; i++)
        {
            pointers[i] = Next();
        }

        pointers[count] = null;
    }
}
