// Tests count the machine's VMs, and two emulated guests on two cores only wait for each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
