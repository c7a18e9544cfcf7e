namespace Glue.Functions.Transform.Media;

/// <summary>What can be made of a recording, and how ffmpeg makes it.</summary>
/// <param name="Name">In <c>MEDIA</c>.</param>
/// <param name="Extension">Of the result's key.</param>
/// <param name="HasPicture">It needs one, and can be scaled.</param>
/// <param name="IsStill">One frame.</param>
/// <param name="Arguments">Streams, codecs and container.</param>
internal sealed record MediaKind(string Name, string Extension, bool HasPicture, bool IsStill, string[] Arguments)
{
    // A fixed number of threads: x264's and VP9's bytes depend on it, and the same recording shall give the same bytes on every machine.
    public static readonly MediaKind[] All =
    [
        Video("mp4", "-c:v libx264 -preset veryfast -crf 23 -pix_fmt yuv420p -threads:v 4 -c:a aac -b:a 128k -ac 2 -movflags +faststart -f mp4"),
        Video("webm", "-c:v libvpx-vp9 -deadline good -cpu-used 5 -crf 34 -b:v 0 -pix_fmt yuv420p -threads:v 4 -c:a libopus -b:a 96k -ac 2 -f webm"),
        Audio("mp3", "-c:a libmp3lame -q:a 2 -id3v2_version 0 -f mp3"),
        Audio("m4a", "-c:a aac -b:a 160k -movflags +faststart -f ipod"),
        Audio("opus", "-c:a libopus -b:a 96k -f ogg"),
        Audio("flac", "-c:a flac -f flac"),
        Audio("wav", "-c:a pcm_s16le -f wav"),
        new("poster", ".jpg", true, true, "-map 0:v:0 -frames:v 1 -c:v mjpeg -pix_fmt yuvj420p -q:v 3 -f image2 -update 1".Split(' ')),
    ];

    private static MediaKind Video(string name, string arguments) => new(name, "." + name, true, false, $"-map 0:v:0 -map 0:a:0? {arguments}".Split(' '));

    private static MediaKind Audio(string name, string arguments) => new(name, "." + name, false, false, $"-map 0:a:0 {arguments}".Split(' '));
}
