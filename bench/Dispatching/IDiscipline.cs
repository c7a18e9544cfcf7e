namespace Glue.Bench.Dispatching;

/// <summary>Whose event is started next.</summary>
internal interface IDiscipline
{
    void Arrived(Tenant tenant);

    /// <returns>The tenant whose oldest event is taken out; null: none waits, or none may start.</returns>
    Tenant? Next();

    void Finished(Tenant tenant);
}
