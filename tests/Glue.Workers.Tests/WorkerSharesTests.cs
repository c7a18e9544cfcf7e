using System.ComponentModel.DataAnnotations;
using Glue.Workers.Drivers.MicroVm;

namespace Glue.Workers.Tests;

public sealed class WorkerSharesTests
{
    private static readonly WorkersOptions Options = new() { Folder = "/data/worker", GuestFolder = "-" };

    [Fact]
    public void The_only_worker_gets_everything_in_the_folder_itself()
    {
        var only = Assert.Single(WorkerShares.Of(Options with { MemoryBudgetMiB = 4096, MaxConcurrentStarts = 3 }));

        Assert.Equal(Options with { MemoryBudgetMiB = 4096, MaxConcurrentStarts = 3 }, only);
    }

    [Fact]
    public void Several_share_out_memory_places_and_starts_and_are_as_the_only_one_is_in_all_else()
    {
        var shares = WorkerShares.Of(Options with { Count = 3, MemoryBudgetMiB = 4096, MaxSandboxes = 8, MaxConcurrentStarts = 2 });

        Assert.Equal([1366, 1365, 1365], shares.Select(static each => each.MemoryBudgetMiB));
        Assert.Equal([3, 3, 2], shares.Select(static each => each.MaxSandboxes));
        Assert.Equal([1, 1, 1], shares.Select(static each => each.MaxConcurrentStarts));
        Assert.Equal(Options.IdleTimeout, shares[2].IdleTimeout);
    }

    [Fact]
    public void Each_has_a_name_a_folder_and_user_ids_of_its_own_the_first_those_of_an_only_one()
    {
        var shares = WorkerShares.Of(Options with { Count = 3 });

        Assert.Equal(["local", "local-2", "local-3"], shares.Select(static each => each.Id));
        Assert.Equal(["/data/worker", "/data/worker/worker-2", "/data/worker/worker-3"], shares.Select(static each => each.Folder));
        Assert.Equal([734_000u, 744_000u, 754_000u], shares.Select(static each => each.FirstUserId));
    }

    [Fact]
    public void What_microVMs_may_keep_is_shared_out_too()
    {
        var options = new MicroVmOptions { SnapshotFolder = "/snapshots" };
        var second = WorkerShares.Of(options, workers: 2)[1];

        Assert.Same(options, Assert.Single(WorkerShares.Of(options, workers: 1)));
        Assert.Equal((2048, 128, 8192, "/snapshots/worker-2"), (second.SnapshotMemoryMiB, second.WaitingMemoryMiB, second.SnapshotDiskMiB, second.SnapshotFolder));
    }

    [Fact]
    public void More_workers_than_there_is_to_share_are_refused_with_what_each_needs()
    {
        Assert.Equal(["4 workers (Count) cannot share 3 sandboxes (MaxSandboxes): each needs one at least.",
            "4 workers (Count) cannot share 500 MiB (MemoryBudgetMiB): each needs 128 at least."], FaultsOf(Options with { Count = 4, MaxSandboxes = 3, MemoryBudgetMiB = 500 }));
        Assert.Equal(["The field Count must be between 1 and 16."], FaultsOf(Options with { Count = 17 }));
        Assert.Empty(FaultsOf(Options with { Count = 4, MaxSandboxes = 4, MemoryBudgetMiB = 512 }));
    }

    private static IEnumerable<string?> FaultsOf(WorkersOptions options)
    {
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);
        return faults.Select(static fault => fault.ErrorMessage);
    }
}
