using Microsoft.Extensions.Hosting;

namespace Glue.Dispatcher.Functions;

/// <summary>At start, once functions and layers are known: code that an interrupted change left behind is removed.</summary>
internal sealed class CodeSweep : IHostedService
{
    private readonly CodeLibrary _library;

    /// <param name="library">What is swept.</param>
    /// <param name="functions">Has named its code to the library by being made.</param>
    /// <param name="layers">Likewise.</param>
    public CodeSweep(CodeLibrary library, FunctionStore functions, LayerStore layers)
    {
        ArgumentNullException.ThrowIfNull(functions);
        ArgumentNullException.ThrowIfNull(layers);
        _library = library;
    }

    public Task StartAsync(CancellationToken cancellationToken) => _library.KeepOnlyUsedAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
