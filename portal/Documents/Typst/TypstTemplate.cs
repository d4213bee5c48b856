namespace Portal.Documents.Typst;

/// <summary>The templates that stand in the features' folders and come with the program.</summary>
public static class TypstTemplate
{
    /// <summary>The source of a template.</summary>
    /// <param name="path">Its folder and name below the portal's own: <c>Receivables/Papers/invoice.typ</c>.</param>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static string Read(string path)
    {
        using var stream = typeof(TypstTemplate).Assembly.GetManifestResourceStream(path) ?? throw new InvalidOperationException($"The template {path} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
