// Tests count the VMs of this process, and it runs beside the other projects' (tests/run): two guests at once would only wait for each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
