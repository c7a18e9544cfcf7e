using System.Text.Json;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;

namespace Glue.Workers.FunctionalTests;

/// <summary>Class libraries, <c>Assembly::Type::Method</c>, on dotnet8 and dotnet10; each kind of handler: ClassLibraryTests.</summary>
public abstract partial class DriverContract
{
    [Theory]
    [InlineData("dotnet8")]
    [InlineData("dotnet10")]
    public async Task A_class_library_runs_with_its_own_serializer_context_and_console(string runtime)
    {
        await using var worker = Start();
        var function = ClassLibrary(worker, "Orders::Orders.OrderFunction::Take") with { Runtime = runtime };

        var first = await worker.InvokeAsync(function, """{"item":"tea","count":2}""", tail: true);
        var second = await worker.AnswerAsync(function, """{"item":"tea","count":3}""");

        Assert.Equal($$$"""{"by":"named","answer":{"text":"tea x 2 for {{{function.Name}}}","calls":1}}""", WorkerFixture.Expect(first).GetRawText());
        Assert.Equal(2, second.GetProperty("answer").GetProperty("calls").GetInt32());
        var log = WorkerFixture.Text(first.LogTail);
        Assert.Matches(@"\n\d{4}-\d\d-\d\dT[0-9:.]{12}Z\t[0-9a-f-]{36}\tINFO\t2 of tea\n", log);
        Assert.Matches(@"\tINFO\ttaken 2 of tea\n", log);
        Assert.Matches($"^INIT_START Runtime Version: dotnet:{runtime["dotnet".Length..]}.v10[.0-9]+\t", worker.Logs.Of(function.Name)[0]);
    }

    [Fact]
    public async Task A_class_library_without_a_package_of_Amazon_gets_streams_and_sees_Lambdas_context_when_it_asks_for_it()
    {
        await using var worker = Start();
        var large = $"\"{new string('ü', 300_000)}\"";
        var who = ClassLibrary(worker, "Orders::Orders.OrderFunction::Who");
        var request = WorkerFixture.Request() with { ClientContext = Convert.ToBase64String("""{"custom":{"k":"v"},"client":{"app_title":"tests"}}"""u8) };

        var echoed = await worker.InvokeAsync(ClassLibrary(worker, "Plain::Plain.Functions::EchoAsync"), large);
        var answer = WorkerFixture.Expect(await worker.Worker.InvokeAsync(who, request, CancellationToken.None)).GetProperty("answer");

        Assert.Equal(large, WorkerFixture.Text(echoed.Payload));
        Assert.Equal(
            [request.RequestId, who.Name, "$LATEST", request.InvokedFunctionArn, "256", "/aws/lambda/" + who.Name, "True", "v", "tests", "no identity", "named"],
            answer.EnumerateArray().SkipLast(1).Select(static each => each.GetString()));
    }

    [Fact]
    public async Task What_a_class_library_writes_and_logs_is_its_log()
    {
        await using var worker = Start();

        var outcome = await worker.InvokeAsync(ClassLibrary(worker, "Orders::Orders.OrderFunction::Log"), """{"item":"tea"}""", tail: true);

        Assert.Equal((InvokeStatus.Succeeded, 0), (outcome.Status, outcome.Payload.Length));
        var log = WorkerFixture.Text(outcome.LogTail);
        string[] lines =
        [
            "\tINFO\twritten in pieces\n", "\tERROR\tto standard error\n", "\tINFO\tby the static logger\n", "\nas it is\n", "\tWARN\ta warning\n", "\tERROR\tof tea\n",
            "\tERROR\tcould not take tea\nSystem.InvalidOperationException: why",
        ];
        Assert.All(lines, line => Assert.Contains(line, log, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Errors_of_a_class_library_come_in_Lambdas_shape_and_its_sandbox_lives_on()
    {
        await using var worker = Start();
        var function = ClassLibrary(worker, "Orders::Orders.OrderFunction::FailAsync");

        var first = await worker.InvokeAsync(function, """{"item":"tea"}""");
        var second = await worker.InvokeAsync(function, """{"item":"tea"}""");

        Assert.Equal(("InvalidOperationException", "no tea"), WorkerFixture.Failure(first));
        var document = JsonDocument.Parse(first.Payload).RootElement;
        Assert.StartsWith("at Orders.OrderFunction.FailAsync(Order order)", Assert.Single(document.GetProperty("stackTrace").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Equal(("KeyNotFoundException", "not in the list"), (document.GetProperty("cause").GetProperty("errorType").GetString(), document.GetProperty("cause").GetProperty("errorMessage").GetString()));
        Assert.Equal(first.SandboxId, second.SandboxId);
    }

    [Theory]
    [InlineData("Orders::Orders.Nobody::Take", "LambdaValidationException", "Unable to load type 'Orders.Nobody' from assembly 'Orders'.")]
    [InlineData("Orders::Orders.Broken::Take", "NotSupportedException", "not on this machine")]
    public async Task A_class_library_that_cannot_start_says_why(string handler, string type, string message)
    {
        await using var worker = Start();

        Assert.Equal((type, message), await worker.FailureAsync(ClassLibrary(worker, handler)));
    }

    [Fact]
    public async Task A_class_library_that_takes_more_memory_than_it_has_hears_of_it_from_NET()
    {
        await using var worker = Start();

        var (type, _) = await worker.FailureAsync(ClassLibrary(worker, "Plain::Plain.Functions::Hoard"));

        Assert.Equal("OutOfMemoryException", type);
    }

    private static FunctionVersion ClassLibrary(WorkerFixture worker, string handler) => worker.Function(
        "dotnet10", handler, [.. ClassLibraries.Files(handler[..handler.IndexOf(':', StringComparison.Ordinal)]).Select(static each => (each.Name, each.Content, CodeZip.Plain))])
        with { Timeout = TimeSpan.FromMinutes(5) }; // compiling in an emulated guest, on a busy machine
}
