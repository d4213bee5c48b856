using System.Globalization;
using System.Text;

namespace Portal.Documents.Typst;

/// <summary>A job as a worker reads it: a head, and the bytes of its files one after another.</summary>
sealed record WorkerRequest(string Main, IReadOnlyDictionary<string, string> Inputs, string Standard, long Timestamp, IReadOnlyList<WorkerRequest.File> Files)
{
    const string TemplateFile = "template.typ";
    const string DataFile = "data.json";

    /// <summary>One file of the job. What is drawn is data: characters without a glyph are replaced in it.</summary>
    public sealed record File(string Path, byte[] Bytes, bool Drawn = false);

    /// <summary>Puts the files of a job together with those of the house.</summary>
    /// <exception cref="ArgumentException">A file's name leads out of the job's folder or hides one of the house.</exception>
    public static WorkerRequest From(TypstJob job) => new(
        TemplateFile,
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["title"] = job.Title,
            ["language"] = job.Language.Split('-')[0],
            ["region"] = job.Language.Split('-') is [_, var region] ? region.ToLowerInvariant() : "",
            ["date"] = job.Timestamp.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["watermark"] = job.Watermark,
            ["accent"] = job.Look.Accent,
            ["ink"] = job.Look.Ink,
            ["wash"] = job.Look.Wash,
            ["typeface"] = job.Look.Typeface,
            ["size"] = job.Look.Size,
        },
        job.Standard switch { PdfStandard.Plain => "1.7", PdfStandard.Picture => "svg", PdfStandard.Pixels => "png", _ => "a-2a+ua-1" },
        job.Timestamp.ToUnixTimeSeconds(),
        [
            new File(TemplateFile, Encoding.UTF8.GetBytes(job.Template)),
            new File(DataFile, job.DataFile(), Drawn: true),
            new File(HouseStyle.FileName, HouseStyle.Source),
            .. job.Files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => new File(Checked(file.Key), file.Value)),
        ]);

    static string Checked(string name) =>
        name is "" or TemplateFile or DataFile or HouseStyle.FileName || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '-' or '_')) || name[0] == '.'
            ? throw new ArgumentException($"A file of a document is called by a plain name of its own, not '{name}'.", nameof(name))
            : name;
}
