using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Glue.Host.Composition;

/// <summary>Which of the process's listeners a connection came in by. One Kestrel serves all; each has its own pipeline.</summary>
internal sealed record Surface(string Name)
{
    public static Surface S3 { get; } = new("s3");

    public static Surface Api { get; } = new("api");
}

internal static class SurfaceExtensions
{
    /// <summary>Marks every connection of this listener.</summary>
    public static void Serve(this ListenOptions listener, Surface surface) => listener.Use(next => connection =>
    {
        connection.Features.Set(surface);
        return next(connection);
    });

    /// <summary>Gives what comes in by a listener its own pipeline.</summary>
    public static IApplicationBuilder MapSurface(this IApplicationBuilder app, Surface surface, Action<IApplicationBuilder> pipeline) =>
        app.MapWhen(context => ReferenceEquals(context.Features.Get<Surface>(), surface), pipeline);
}
