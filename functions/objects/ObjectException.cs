namespace Glue.Functions.Objects;

/// <summary>The object itself is at fault, however often it is tried. The exception's type is the function's <c>errorType</c>.</summary>
public abstract class ObjectException(string reason, Exception? inner = null) : Exception(reason, inner)
{
    /// <summary>Bucket and key, once they are known; the message begins with them.</summary>
    public string? Where { get; set; }

    public override string Message => Where is null ? base.Message : $"{Where}: {base.Message}";
}

/// <summary>The object has no bytes.</summary>
public sealed class EmptyObjectException() : ObjectException("the object is empty (0 bytes)");
