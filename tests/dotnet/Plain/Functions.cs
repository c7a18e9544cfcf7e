using System.Text;

namespace Plain;

public static class Functions
{
    public static Stream Echo(Stream input) => input;

    public static async Task<Stream> EchoAsync(Stream input)
    {
        var text = await new StreamReader(input).ReadToEndAsync();
        return new MemoryStream(Encoding.UTF8.GetBytes(text));
    }

    public static Dictionary<string, int> Lengths(Dictionary<string, string> texts) => texts.ToDictionary(static each => each.Key, static each => each.Value.Length);

    public static async ValueTask<Greeting> Greet(Greeting greeting)
    {
        await Task.Yield();
        return greeting with { Said = greeting.Said + "!" };
    }

    public static string Runtime() => Environment.Version.Major.ToString();

    public static async Task Nothing(string text) => await Task.Yield();

    public static long Hoard()
    {
        var kept = new List<byte[]>();
        while (true)
        {
            kept.Add(new byte[8 << 20]);
            Array.Fill(kept[^1], (byte)1);
        }
    }

    public struct Counter
    {
        private int _count;

        public int Next() => ++_count;
    }
}

public sealed record Greeting(string Said);
