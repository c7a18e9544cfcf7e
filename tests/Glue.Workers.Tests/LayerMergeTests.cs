using Glue.Workers.Code;

namespace Glue.Workers.Tests;

public sealed class LayerMergeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folders_are_united_and_later_files_take_the_place_of_earlier_ones_whatever_those_are()
    {
        Write("a", "bin/tool", "old");
        Write("a", "bin/kept", "kept");
        Write("a", "thing/inside", "gone with its folder");
        Write("a", "file", "gone");
        Write("b", "bin/tool", "new");
        Write("b", "thing", "a file now");
        Write("b", "file/inside", "a folder now");
        LayerMerge.Move(_folder["a"], _folder["opt"]);
        LayerMerge.Move(_folder["b"], _folder["opt"]);

        Assert.Equal(("new", "kept", "a file now", "a folder now"), (Read("bin/tool"), Read("bin/kept"), Read("thing"), Read("file/inside")));
        Assert.False(Directory.Exists(_folder["a"]) || Directory.Exists(_folder["b"]));
    }

    [Fact]
    public void A_link_of_one_layer_leads_no_file_of_another_anywhere()
    {
        Write("outside", "victim", "untouched");
        Directory.CreateDirectory(_folder["a"]);
        File.CreateSymbolicLink(_folder["a/lib"], _folder["outside"]);
        File.CreateSymbolicLink(_folder["a/victim"], _folder["outside/victim"]);
        Write("b", "lib/victim", "evil");
        Write("b", "victim", "evil");
        LayerMerge.Move(_folder["a"], _folder["opt"]);
        LayerMerge.Move(_folder["b"], _folder["opt"]);

        Assert.Equal("untouched", File.ReadAllText(_folder["outside/victim"]));
        Assert.Equal(("evil", "evil"), (Read("lib/victim"), Read("victim")));
        Assert.Null(new FileInfo(_folder["opt/lib"]).LinkTarget);
    }

    [Fact]
    public void Links_are_moved_as_links()
    {
        Write("a", "lib/real", "text");
        File.CreateSymbolicLink(_folder["a/lib/link"], "real");
        Directory.CreateSymbolicLink(_folder["a/folder"], "lib");
        LayerMerge.Move(_folder["a"], _folder["opt"]);

        Assert.Equal(("real", "lib"), (new FileInfo(_folder["opt/lib/link"]).LinkTarget, new FileInfo(_folder["opt/folder"]).LinkTarget));
        Assert.Equal("text", Read("folder/link"));
    }

    private void Write(string layer, string name, string text)
    {
        var path = _folder[$"{layer}/{name}"];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private string Read(string name) => File.ReadAllText(_folder[$"opt/{name}"]);
}
