namespace Glue.Host.FunctionalTests.Fuzzing;

/// <summary>
/// A call's chance, of nothing but the run's seed, whose call it is and its number. Mixed by hand: <see cref="HashCode"/> is another one in each process.
/// </summary>
internal static class Chance
{
    public static Random Of(int seed, int fuzzer, int number) => new(Mixed(seed, fuzzer, number));

    public static int Mixed(int seed, int fuzzer, int number) => unchecked((int)Mix(Mix(Mix((uint)seed) + (uint)fuzzer) + (uint)number));

    /// <summary>The last step of MurmurHash3 (Appleby, public domain): numbers one apart have nothing in common afterwards.</summary>
    private static uint Mix(uint value) => unchecked(Shifted(Shifted(Shifted(value, 16) * 0x85EBCA6B, 13) * 0xC2B2AE35, 16));

    private static uint Shifted(uint value, int bits) => value ^ (value >> bits);
}
