using System.Text;
using System.Text.Json;
using Glue.Functions.Dotnet;
using Glue.Functions.Runtime;

namespace Glue.Functions.Tests;

/// <summary>Handlers of class libraries, called as their sandbox calls them.</summary>
public sealed class ClassLibraryTests
{
    [Theory]
    [InlineData("Orders::Orders.OrderFunction::Take", """{"item":"tea","count":2}""", """{"by":"named","answer":{"text":"tea x 2 for ","calls":1}}""")]
    [InlineData("Orders::Orders.OrderFunction::TakeAsync", """{"Item":"tea"}""", """{"by":"named","answer":{"text":"tea","calls":1}}""")]
    [InlineData("Orders::Orders.OrderFunction::Shout", "a text", "\"HEARD A TEXT\"")]
    [InlineData("Orders::Orders.OrderFunction::System.String Overloaded(Orders.Order)", """{"item":"tea"}""", """{"by":"named","answer":"tea"}""")]
    [InlineData("Orders::Orders.OrderFunction::System.String Overloaded(System.String)", "\"text\"", """{"by":"named","answer":"text"}""")]
    [InlineData("Orders::Orders.Derived::Take", "\"inherited\"", """{"by":"named","answer":"inherited"}""")]
    [InlineData("Plain::Plain.Functions::Echo", "any bytes", "any bytes")]
    [InlineData("Plain::Plain.Functions::EchoAsync", "any bytes", "any bytes")]
    [InlineData("Plain::Plain.Functions::Lengths", """{"a":"xyz"}""", """{"a":3}""")]
    [InlineData("Plain::Plain.Functions::Greet", """{"said":"hello"}""", """{"said":"hello!"}""")]
    [InlineData("Plain::Plain.Functions::Runtime", "{}", "\"10\"")]
    [InlineData("Plain::Plain.Functions::Nothing", "\"ignored\"", "")]
    [InlineData("Plain::Plain.Functions+Counter::Next", "{}", "1")]
    public async Task A_handler_gets_its_event_and_gives_its_answer(string name, string payload, string answer)
    {
        var handler = Load(name);

        Assert.Equal(answer, await CallAsync(handler, payload));
    }

    [Fact]
    public async Task One_object_serves_all_events_and_warming_up_calls_no_handler()
    {
        var handler = Load("Orders::Orders.OrderFunction::Take");
        handler.WarmUp();
        await CallAsync(handler, """{"item":"tea"}""");

        Assert.Equal(2, JsonDocument.Parse(await CallAsync(handler, """{"item":"tea"}""")).RootElement.GetProperty("answer").GetProperty("calls").GetInt32());
    }

    [Fact]
    public async Task The_context_is_the_functions_own_interface()
    {
        var context = new LambdaContext("id", "arn:aws:lambda:us-east-1:000000000000:function:f", long.MaxValue / 2, """{"custom":{"k":"v"},"client":{"app_title":"tests"}}""");

        var answer = JsonDocument.Parse(await CallAsync(Load("Orders::Orders.OrderFunction::Who"), "{}", context)).RootElement.GetProperty("answer");
        var of = answer.EnumerateArray().Select(static each => each.GetString()).ToList();

        Assert.Equal(("id", "arn:aws:lambda:us-east-1:000000000000:function:f", "v", "tests", "no identity", "named"), (of[0], of[3], of[7], of[8], of[9], of[10]));
    }

    [Theory]
    [InlineData("", "Empty lambda function handler. The valid format is 'ASSEMBLY::TYPE::METHOD'.")]
    [InlineData("index.handler", "Invalid lambda function handler: 'index.handler'. The valid format is 'ASSEMBLY::TYPE::METHOD'.")]
    [InlineData("Orders::::Take", "Invalid lambda function handler: 'Orders::::Take', the type is missing. The valid format is 'ASSEMBLY::TYPE::METHOD'.")]
    [InlineData("Missing::A::B", "Could not find the specified handler assembly with the file name 'Missing'. The assembly should be located in the root of your uploaded .zip file.")]
    [InlineData("Orders::Orders.Nobody::Take", "Unable to load type 'Orders.Nobody' from assembly 'Orders'.")]
    [InlineData("Orders::Orders.OrderFunction::Nothing", "Unable to find method 'Nothing' in type 'Orders.OrderFunction' from assembly 'Orders': Found no methods matching method name 'Nothing'.")]
    [InlineData("Orders::Orders.OrderFunction::Overloaded", "The method 'Overloaded' in type 'Orders.OrderFunction' appears to have a number of overloads. To call this method please specify a complete method signature. Possible candidates are:\nSystem.String Overloaded(System.String)\nSystem.String Overloaded(Orders.Order).")]
    [InlineData("Orders::Orders.OrderFunction::Forgotten", "The method 'Void Forgotten(Orders.Order)' cannot be used as a Lambda Handler because it is an 'async void' method.")]
    [InlineData("Orders::Orders.OrderFunction::Generic", "The method 'T Generic[T](T)' cannot be used as a Lambda Handler because it is a generic method.")]
    [InlineData("Orders::Orders.OrderFunction::Three", "Method 'Three' of type 'Orders.OrderFunction' is not supported: the method has more than 2 parameters.")]
    [InlineData("Orders::Orders.OrderFunction::Two", "Method 'Two' of type 'Orders.OrderFunction' is not supported: the method has 2 parameters, but the second parameter is not of type 'Amazon.Lambda.Core.ILambdaContext'.")]
    [InlineData("Orders::Orders.Abstract::Take", "The instance method 'System.String Take(System.String)' cannot be used as a Lambda Handler because its type 'Orders.Abstract' is abstract.")]
    [InlineData("Orders::Orders.Needy::Take", "The type 'Orders.Needy' has no public constructor without parameters, which the instance method 'Take' needs as a handler")]
    public void What_cannot_be_a_handler_is_told_as_Lambda_does(string name, string message)
    {
        var refused = Assert.Throws<LambdaValidationException>(() => Load(name));

        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_constructor_throws_comes_as_it_is() =>
        Assert.Equal("not on this machine", Assert.Throws<NotSupportedException>(() => Load("Orders::Orders.Broken::Take")).Message);

    [Fact]
    public void A_file_that_is_no_assembly_is_told_so()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["Text.dll"], "no assembly");

        var refused = Assert.Throws<LambdaValidationException>(() => FunctionHandler.Load(HandlerName.Parse("Text::A::B"), folder.Path));

        Assert.StartsWith("Unable to load assembly 'Text'.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_library_without_its_deps_json_finds_what_lies_beside_it()
    {
        using var folder = new TempFolder();
        foreach (var (file, content) in ClassLibraries.Files("Orders").Where(static each => each.Name.EndsWith(".dll", StringComparison.Ordinal)))
        {
            File.WriteAllBytes(folder[file], content);
        }

        var handler = FunctionHandler.Load(HandlerName.Parse("Orders::Orders.OrderFunction::Shout"), folder.Path);

        Assert.Equal("\"HEARD X\"", await CallAsync(handler, "x"));
    }

    [Theory]
    [InlineData("Orders::Orders.OrderFunction::FailAsync", typeof(InvalidOperationException), "no tea")]
    [InlineData("Orders::Orders.OrderFunction::FailLater", typeof(TimeoutException), "tea")]
    [InlineData("Plain::Plain.Functions::Lengths", typeof(JsonException), "The JSON value could not be converted")]
    public async Task What_a_handler_throws_is_the_invocations_error_itself(string name, Type type, string message)
    {
        var thrown = await Assert.ThrowsAsync(type, () => CallAsync(Load(name), """{"item":"tea","count":1}"""));

        Assert.StartsWith(message, thrown.Message, StringComparison.Ordinal);
    }

    private static FunctionHandler Load(string name) => FunctionHandler.Load(HandlerName.Parse(name), name.Length == 0 ? "" : ClassLibraries.Folder(name.StartsWith("Plain", StringComparison.Ordinal) ? "Plain" : "Orders"));

    private static async Task<string> CallAsync(FunctionHandler handler, string payload, LambdaContext? context = null)
    {
        using var output = new MemoryStream();
        var answer = await handler.InvokeAsync(new MemoryStream(Encoding.UTF8.GetBytes(payload)), context ?? new LambdaContext("id", "arn", long.MaxValue / 2, null), output);
        return answer == output ? Encoding.UTF8.GetString(output.ToArray()) : await new StreamReader(answer).ReadToEndAsync();
    }
}
