namespace Glue.Host.FunctionalTests.Fuzzing;

/// <summary>A call as it ought to be; a fuzzer breaks it.</summary>
/// <param name="Method">HTTP's.</param>
/// <param name="Target">Path and query.</param>
/// <param name="Body">UTF-8 text; null: none.</param>
/// <param name="Header">One more header, such as X-Amz-Target.</param>
public sealed record FuzzCall(string Method, string Target, string? Body = null, (string Name, string Value)? Header = null);
