using Glue.ObjectStore.TestHost;

// Usage: Glue.ObjectStore.TestHost FOLDER. Prints its endpoint, then serves until its input ends, or until it is killed.
await using var server = await StoreServer.StartAsync(args[0]);
Console.WriteLine(server.Endpoint);
await Console.In.ReadToEndAsync();
