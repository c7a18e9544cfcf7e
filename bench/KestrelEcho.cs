namespace Glue.Bench;

/// <summary>The floor: what the same web server needs to hand a body back, and nothing else. Runs in a process of its own.</summary>
internal static class KestrelEcho
{
    public static async Task RunAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        await using var app = builder.Build();
        app.Run(static async context =>
        {
            context.Response.ContentLength = context.Request.ContentLength;
            await context.Request.BodyReader.CopyToAsync(context.Response.BodyWriter);
        });
        await app.RunAsync();
    }
}
