namespace Glue.Guest.Native;

/// <summary>A system call failed that cannot fail in a sound sandbox. The agent says so on its channel and ends.</summary>
internal sealed class SystemCallException(string call, int errno) : Exception($"{call} failed with errno {errno}");

internal static class Fail
{
    public static int IfNegative(int result, string call)
    {
        if (result < 0)
        {
            Now(call);
        }

        return result;
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    public static void Now(string call) => throw new SystemCallException(call, Libc.Errno);
}
