namespace Glue.Functions.FunctionalTests;

/// <summary>An object of the <see cref="FakeStore"/>.</summary>
internal sealed record StoredObject(byte[] Bytes, string? ContentType = null);
