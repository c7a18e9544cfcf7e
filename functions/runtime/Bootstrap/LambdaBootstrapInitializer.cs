namespace Glue.Functions.Runtime;

/// <summary>Runs once, before the first event is asked for; false ends the process without taking one. What it throws is reported as the init error.</summary>
public delegate Task<bool> LambdaBootstrapInitializer();
