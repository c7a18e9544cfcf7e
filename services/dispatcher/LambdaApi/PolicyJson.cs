using System.Buffers;
using System.Text;
using System.Text.Json;
using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Resource policies as IAM documents, as GetPolicy and GetLayerVersionPolicy show them.</summary>
internal static class PolicyJson
{
    private const int MaxBytes = 20 * 1024;

    /// <param name="policy">The whole.</param>
    /// <param name="arn">The resource's.</param>
    public static string Of(ResourcePolicy policy, string arn) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("Version", "2012-10-17");
        writer.WriteString("Id", "default");
        writer.WriteStartArray("Statement");
        foreach (var statement in policy.Statements)
        {
            Write(writer, statement, arn);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    public static string Of(PolicyStatement statement, string arn) => Write(writer => Write(writer, statement, arn));

    /// <summary>The policy with one more statement.</summary>
    /// <exception cref="LambdaException">Its id is taken, or the policy would be too long.</exception>
    public static ResourcePolicy Add(ResourcePolicy policy, PolicyStatement statement, string arn)
    {
        if (policy.Find(statement.Sid) is not null)
        {
            throw LambdaException.Conflict(
                $"The statement id ({statement.Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.");
        }

        var larger = policy.With(statement, Guid.NewGuid().ToString());
        return Encoding.UTF8.GetByteCount(Of(larger, arn)) <= MaxBytes ? larger : throw new LambdaException(
            400, "PolicyLengthExceededException", $"The final policy size is bigger than the limit ({MaxBytes}).");
    }

    /// <exception cref="LambdaException">No statement can have it.</exception>
    public static void CheckSid(string sid) =>
        new FieldCheck().Length("statementId", sid, 100).Matches("statementId", sid, ModelPatterns.Token).Throw();

    /// <summary>The policy without a statement.</summary>
    /// <exception cref="LambdaException">It has none of that id.</exception>
    public static ResourcePolicy Remove(ResourcePolicy policy, string sid) => policy.Find(sid) is null
        ? throw LambdaException.NotFound($"Statement {sid} is not found in resource policy.")
        : policy.Without(sid, Guid.NewGuid().ToString());

    private static void Write(Utf8JsonWriter writer, PolicyStatement statement, string arn)
    {
        writer.WriteStartObject();
        writer.WriteString("Sid", statement.Sid);
        writer.WriteString("Effect", "Allow");
        WritePrincipal(writer, statement.Principal);
        writer.WriteString("Action", statement.Action);
        writer.WriteString("Resource", arn);
        if (statement.IsConditional)
        {
            writer.WriteStartObject("Condition");
            WriteEquals(writer, statement);
            if (statement.SourceArn is not null)
            {
                writer.WriteStartObject("ArnLike");
                writer.WriteString("AWS:SourceArn", statement.SourceArn);
                writer.WriteEndObject();
            }

            if (statement.InvokedViaFunctionUrl)
            {
                writer.WriteStartObject("Bool");
                writer.WriteString("lambda:InvokedViaFunctionUrl", "true");
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteEquals(Utf8JsonWriter writer, PolicyStatement statement)
    {
        (string Key, string? Value)[] wanted =
        [
            ("AWS:SourceAccount", statement.SourceAccount), ("lambda:EventSourceToken", statement.EventSourceToken), ("aws:PrincipalOrgID", statement.PrincipalOrgId),
            ("lambda:FunctionUrlAuthType", statement.FunctionUrlAuthType),
        ];
        if (wanted.Any(static each => each.Value is not null))
        {
            writer.WriteStartObject("StringEquals");
            foreach (var (key, value) in wanted.Where(static each => each.Value is not null))
            {
                writer.WriteString(key, value);
            }

            writer.WriteEndObject();
        }
    }

    private static void WritePrincipal(Utf8JsonWriter writer, string principal)
    {
        if (principal == "*")
        {
            writer.WriteString("Principal", "*");
            return;
        }

        writer.WriteStartObject("Principal");
        if (FunctionReference.IsAccount(principal))
        {
            writer.WriteString("AWS", $"arn:aws:iam::{principal}:root");
        }
        else
        {
            writer.WriteString(principal.StartsWith("arn:", StringComparison.Ordinal) ? "AWS" : "Service", principal);
        }

        writer.WriteEndObject();
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
