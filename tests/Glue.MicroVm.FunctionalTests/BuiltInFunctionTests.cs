using Glue.Workers.FunctionalTests;
using Xunit.Abstractions;

namespace Glue.MicroVm.FunctionalTests;

public sealed class BuiltInFunctionTests(ITestOutputHelper output) : MicroVmTest(output)
{
    [Theory]
    [InlineData("thumbnail")]
    [InlineData("decompress")]
    [InlineData("transform")]
    public async Task A_function_that_comes_with_Glue_finds_its_libraries_in_the_image(string name)
    {
        await using var worker = Start();
        var bootstrap = await File.ReadAllBytesAsync(Repository.Artifact($"functions/{name}/bootstrap"));
        var function = worker.Function("provided.al2023", "any", ("bootstrap", bootstrap, CodeZip.Executable));

        await worker.AnswerAsync(function, """{"Records":[]}""");
    }
}
