using Glue.StorageEvents.Tests.Rules;

namespace Glue.StorageEvents.FunctionalTests.ObjectStore;

/// <summary>
/// This test assembly as a program: <c>dotnet Glue.StorageEvents.FunctionalTests.dll FOLDER</c> runs the stack over a folder, says
/// where it listens, and ends when its input closes (so it never outlives the test). The crash test kills it.
/// </summary>
internal static class StoreProgram
{
    public static async Task Main(string[] arguments)
    {
        await using var intake = new DurableIntake(arguments[0]);
        await using var stack = await StoreStack.StartAsync(arguments[0], intake, new FakeFunctions());
        Console.WriteLine(stack.Endpoint);
        await Console.In.ReadToEndAsync();
    }
}
