using System.Text;
using Glue.ObjectStore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Glue.ObjectStore.Forms;

/// <summary>Reads a form up to its file, whose bytes stay in the request.</summary>
internal static class FormReader
{
    private const int MaxFieldBytes = 20 * 1024; // all together, as S3's

    /// <exception cref="S3Exception">MalformedPOSTRequest, InvalidArgument, MaxPostPreDataLengthExceeded.</exception>
    public static async Task<FormFields> ReadFieldsAsync(S3Request request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.Header("Content-Type"), out var type)
            || HeaderUtilities.RemoveQuotes(type.Boundary).ToString() is not { Length: > 0 and <= 200 } boundary)
        {
            throw new S3Exception(S3Error.MalformedPostRequest, "The Content-Type has no usable boundary.");
        }

        var reader = new MultipartReader(boundary, request.Http.Request.Body);
        var form = new FormFields();
        var left = MaxFieldBytes;
        try
        {
            while (await reader.ReadNextSectionAsync(request.Aborted) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
                    || HeaderUtilities.RemoveQuotes(disposition.Name).ToString() is not { Length: > 0 } name)
                {
                    throw new S3Exception(S3Error.MalformedPostRequest, "A part of the form has no name.");
                }

                if (name.Equals("file", StringComparison.OrdinalIgnoreCase))
                {
                    form.File = section.Body;
                    form.FileName = Name(disposition);
                    return form;
                }

                var value = await ReadAsync(section.Body, left, request.Aborted);
                left -= name.Length + value.Length;
                form[name] = Encoding.UTF8.GetString(value);
            }
        }
        catch (Exception e) when (e is InvalidDataException || (e is IOException && !request.Aborted.IsCancellationRequested))
        {
            throw new S3Exception(S3Error.MalformedPostRequest, inner: e);
        }

        throw new S3Exception(S3Error.InvalidArgument, "POST requires exactly one file upload per request: the last field must be named file.");
    }

    private static string Name(ContentDispositionHeaderValue disposition)
    {
        var name = disposition.FileNameStar.HasValue ? disposition.FileNameStar.ToString() : HeaderUtilities.RemoveQuotes(disposition.FileName).ToString();
        return name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
    }

    private static async Task<byte[]> ReadAsync(Stream body, int most, CancellationToken cancellationToken)
    {
        var bytes = new byte[Math.Max(0, most) + 1];
        var read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return read <= most ? bytes[..read] : throw new S3Exception(
            new S3Error("MaxPostPreDataLengthExceeded", 400, $"Your POST request fields preceding the upload file were too large: more than {MaxFieldBytes} bytes."));
    }
}
