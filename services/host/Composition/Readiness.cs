namespace Glue.Host.Composition;

/// <summary>What <c>GET /healthz</c> tells: 200 once everything is up, 503 before.</summary>
internal sealed class Readiness
{
    private volatile bool _isReady;

    public bool IsReady
    {
        get => _isReady;
        set => _isReady = value;
    }

    public static Task AnswerAsync(HttpContext context)
    {
        var isReady = context.RequestServices.GetRequiredService<Readiness>().IsReady;
        context.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync(isReady ? "ready\n" : "starting\n");
    }
}
