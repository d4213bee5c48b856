using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using Portal.Web;

namespace Portal.Ubl;

/// <summary>
/// <c>portal -- ubl check SCHEMAS [FILE...]</c>: holds documents against the schemas of OASIS, which whoever asks has fetched; without files, one specimen of each kind that the portal writes.
/// </summary>
public sealed class UblVerb : IOfflineVerb
{
    /// <inheritdoc/>
    public string Name => "ubl check";

    /// <inheritdoc/>
    public string Usage => "ubl check SCHEMAS [FILE...]  holds UBL documents, or specimens of what the portal writes, against the OASIS schemas in that folder (it has xsd/maindoc and xsd/common)";

    /// <inheritdoc/>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, string dataFolder, TextWriter output, CancellationToken ct)
    {
        if (arguments.Count == 0 || Maindoc(arguments[0]) is not { } maindoc)
        {
            throw new UsageException("Which folder holds xsd/maindoc and xsd/common of UBL 2.1?");
        }

        List<(string Name, XElement Document)> documents = arguments.Count == 1
            ? [.. UblSpecimens.Written.Select(specimen => ("specimen " + specimen.Key, specimen.Value))]
            : [];
        foreach (var file in arguments.Skip(1))
        {
            documents.Add((file, UblXml.Read(await File.ReadAllTextAsync(file, ct))));
        }

        var wrong = 0;
        foreach (var (name, document) in documents)
        {
            ct.ThrowIfCancellationRequested();
            var flaws = Flaws(maindoc, document);
            wrong += flaws.Count > 0 ? 1 : 0;
            await output.WriteLineAsync($"{name}: {(flaws.Count == 0 ? "valid" : "NOT VALID")}");
            foreach (var flaw in flaws)
            {
                await output.WriteLineAsync("  " + flaw);
            }
        }

        await output.WriteLineAsync($"{documents.Count - wrong} valid, {wrong} not");
        return wrong == 0 ? 0 : 1;
    }

    static string? Maindoc(string folder) => new[] { Path.Combine(folder, "xsd", "maindoc"), Path.Combine(folder, "maindoc") }.FirstOrDefault(Directory.Exists);

    /// <summary>What the schemas in that folder do not allow in a document.</summary>
    internal static List<string> Flaws(string maindoc, XElement document)
    {
        var kind = UblXml.KindOf(document);
        var schema = Path.Combine(maindoc, $"UBL-{kind}-2.1.xsd");
        if (kind is null || !File.Exists(schema))
        {
            return [$"There is no {schema}."];
        }

        var flaws = new List<string>();
        // The schemas name each other by files beside them; the schema of signatures begins with a document type, which is passed over.
        var schemas = new XmlSchemaSet { XmlResolver = new XmlUrlResolver() };
        schemas.ValidationEventHandler += (_, said) => flaws.Add(said.Message);
        using (var reader = XmlReader.Create(schema, new() { DtdProcessing = DtdProcessing.Ignore, XmlResolver = new XmlUrlResolver() }))
        {
            schemas.Add(null, reader);
        }

        schemas.Compile();
        // Read anew, as whoever gets it reads it.
        XDocument.Parse(document.ToString()).Validate(schemas, (_, said) => flaws.Add(said.Message));
        return flaws;
    }
}
