using Glue.Dispatcher.FunctionalTests.Queue;

// Only the crash test runs this; the test runner loads the assembly and starts elsewhere.
return await QueueHammer.RunAsync(args[0]);
