using System.Text.Json;
using Glue.Guest.RuntimeApi;
using Glue.Guest.Telemetry;

namespace Glue.Guest.Extensions;

/// <summary>Lambda's Extensions API (2020-01-01), on the Runtime API's port.</summary>
/// <remarks>Lambda Developer Guide, "Using the Lambda Extensions API"; error types as the Runtime Interface Emulator answers them (read 2026-11).</remarks>
internal sealed class ExtensionApi(ExtensionSet extensions, TelemetryHub hub)
{
    private readonly TelemetryApi _telemetry = new(hub);

    /// <summary>Answers a whole request.</summary>
    /// <returns>True: it is to wait for the extension's next event instead.</returns>
    public bool Serve(ApiConnection connection, ExtensionRequest request)
    {
        if (request.IsTooLarge)
        {
            ExtensionReplies.Refused(connection, "InvalidRequestFormat", "The body is too large");
            return false;
        }

        if (request.Operation == Operation.ExtensionRegister)
        {
            Register(connection, request);
            return false;
        }

        if (Find(connection, request) is not { } extension)
        {
            return false;
        }

        switch (request.Operation)
        {
            case Operation.ExtensionNext:
                return Next(connection, extension);
            case Operation.TelemetrySubscribe or Operation.LogsSubscribe:
                _telemetry.Subscribe(connection, request, extension);
                return false;
            default:
                Report(connection, request, extension);
                return false;
        }
    }

    private Extension? Find(ApiConnection connection, ExtensionRequest request)
    {
        if (request.Identifier.Length == 0)
        {
            ExtensionReplies.Refused(connection, "Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header");
        }
        else if (!Guid.TryParse(request.Identifier, out _))
        {
            ExtensionReplies.Refused(connection, "Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier");
        }
        else if (extensions.WithIdentifier(request.Identifier) is { } extension)
        {
            return extension;
        }
        else
        {
            ExtensionReplies.Refused(connection, "Extension.UnknownExtensionIdentifier", $"Unknown extension {request.Identifier}");
        }

        return null;
    }

    private void Register(ApiConnection connection, ExtensionRequest request)
    {
        var known = extensions.WithName(request.Name);
        if (request.Name.Length == 0)
        {
            ExtensionReplies.Refused(connection, "Extension.InvalidExtensionName", "Empty extension name");
        }
        else if (!TryReadEvents(request.Body, out var events, out var fault))
        {
            ExtensionReplies.Refused(connection, "InvalidRequestFormat", fault);
        }
        else if (fault.Length > 0 || (known is not { IsExternal: true } && events.HasFlag(ExtensionEvents.Shutdown)))
        {
            ExtensionReplies.Refused(
                connection, "Extension.InvalidEventType", fault.Length > 0 ? $"{fault}: no such event" : "SHUTDOWN: internal extensions cannot register for it");
        }
        else if (!extensions.MayRegister)
        {
            ExtensionReplies.Refused(connection, "Extension.RegistrationClosed", "Extension registration closed already");
        }
        else if (known?.Identifier is not null)
        {
            ExtensionReplies.Refused(connection, "Extension.InvalidExtensionState", "Extension with this name already registered");
        }
        else if (extensions.AreFull)
        {
            ExtensionReplies.Refused(connection, "Extension.TooManyExtensions", $"Extension limit ({ExtensionSet.MaxRegistered}) reached");
        }
        else
        {
            var extension = known ?? extensions.AddInternal(request.Name);
            (extension.Identifier, extension.Events) = (Guid.NewGuid().ToString(), events);
            var body = request.WantsAccount ? $"{extensions.Registration[..^1]},\"accountId\":\"{extensions.AccountId}\"}}" : extensions.Registration;
            ExtensionReplies.Registered(connection, extension.Identifier, body);
        }
    }

    private static bool Next(ApiConnection connection, Extension extension)
    {
        // A client that gave up waiting and came again: the older request is dead, whatever its socket says.
        if (extension.Connection is { State: ApiConnection.Stage.Parked } former && former != connection && former.Request.Extension?.Identifier == extension.Identifier)
        {
            former.Close();
        }

        (extension.IsWaiting, extension.Connection) = (true, connection);
        return true;
    }

    private void Report(ApiConnection connection, ExtensionRequest request, Extension extension)
    {
        if (request.ErrorType.Length == 0)
        {
            ExtensionReplies.Refused(connection, "Extension.MissingHeader", "Lambda-Extension-Function-Error-Type not found");
            return;
        }

        ExtensionReplies.Accepted(connection);
        extensions.Fail(request.Operation == Operation.ExtensionInitError ? "Extension.InitError" : "Extension.ExitError", $"{extension.Name} reported {request.ErrorType}");
    }

    /// <summary>Reads <c>{"events":["INVOKE"]}</c>. True with a fault: the event of that name is unknown.</summary>
    private static bool TryReadEvents(ReadOnlySpan<byte> body, out ExtensionEvents events, out string fault)
    {
        (events, fault) = (ExtensionEvents.None, "");
        try
        {
            var json = new Utf8JsonReader(body);
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
            {
                fault = "The body is no JSON object";
                return false;
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var isEvents = json.ValueTextEquals("events"u8);
                json.Read();
                if (!isEvents)
                {
                    json.Skip();
                    continue;
                }

                if (json.TokenType != JsonTokenType.StartArray)
                {
                    fault = "events is no array";
                    return false;
                }

                while (json.Read() && json.TokenType == JsonTokenType.String)
                {
                    var name = json.GetString()!;
                    events |= name switch { "INVOKE" => ExtensionEvents.Invoke, "SHUTDOWN" => ExtensionEvents.Shutdown, _ => ExtensionEvents.None };
                    fault = name is "INVOKE" or "SHUTDOWN" || fault.Length > 0 ? fault : name;
                }
            }

            return true;
        }
        catch (JsonException e)
        {
            fault = e.Message;
            return false;
        }
    }
}
