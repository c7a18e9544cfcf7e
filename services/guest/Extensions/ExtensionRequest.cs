using System.Buffers;
using System.Text;
using Glue.Guest.RuntimeApi;

namespace Glue.Guest.Extensions;

/// <summary>One request of the Extensions API: what of its head matters, and its body, which is small and kept whole.</summary>
internal sealed class ExtensionRequest(in RequestHead head)
{
    private const int MaxBody = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _body = new();

    public Operation Operation { get; } = head.Operation;

    /// <summary>Header <c>Lambda-Extension-Name</c>.</summary>
    public string Name { get; } = Encoding.UTF8.GetString(head.ExtensionName);

    /// <summary>Header <c>Lambda-Extension-Identifier</c>.</summary>
    public string Identifier { get; } = Encoding.UTF8.GetString(head.ExtensionIdentifier);

    /// <summary>Header <c>Lambda-Extension-Function-Error-Type</c>.</summary>
    public string ErrorType { get; } = Encoding.UTF8.GetString(head.ExtensionErrorType);

    /// <summary>Header <c>Lambda-Extension-Accept-Feature</c> names <c>accountId</c>.</summary>
    public bool WantsAccount { get; } = Encoding.UTF8.GetString(head.ExtensionFeature).Split(',', StringSplitOptions.TrimEntries).Contains("accountId");

    public ReadOnlySpan<byte> Body => _body.WrittenSpan;

    public bool IsTooLarge { get; private set; }

    public void Gather(ReadOnlySpan<byte> part)
    {
        IsTooLarge |= _body.WrittenCount + part.Length > MaxBody;
        if (!IsTooLarge)
        {
            _body.Write(part);
        }
    }
}
