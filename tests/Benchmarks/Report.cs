using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Benchmarks;

/// <summary>What a benchmark came to: a table for people, and one line for programs.</summary>
/// <param name="Benchmark">Its name.</param>
/// <param name="Figures">The figures, those with a target first.</param>
/// <param name="Notes">Under which conditions they were taken.</param>
sealed record Report(string Benchmark, IReadOnlyList<Figure> Figures, IReadOnlyList<string> Notes)
{
    static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public bool IsReached => Figures.All(figure => figure.Reached is not false);

    /// <summary>One line: <c>{"benchmark":"orders","figures":[{"name":"raw_ratio_8_clients","value":0.41,"target":0.35,"better":"higher","reached":true}]}</c>.</summary>
    public string Json => JsonSerializer.Serialize(new { Benchmark, Figures }, Options);

    /// <summary>The figures of several benchmarks under one name.</summary>
    public static Report Together(string name, IReadOnlyList<Report> reports) =>
        reports is [var only] ? only : new(name, [.. reports.SelectMany(report => report.Figures)], [.. reports.SelectMany(report => report.Notes)]);

    public void Print(TextWriter output)
    {
        var width = Figures.Max(figure => figure.Name.Length);
        var text = new StringBuilder().AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{Benchmark}");
        foreach (var figure in Figures)
        {
            var target = figure.Target is { } wanted
                ? string.Create(CultureInfo.InvariantCulture, $"   target {(figure.Better is "higher" ? "≥" : "≤")} {wanted:0.###}   {(figure.Reached is true ? "reached" : "NOT REACHED")}")
                : "";
            text.AppendLine(CultureInfo.InvariantCulture, $"  {figure.Name.PadRight(width)}  {figure.Value,12:0.###}{target}");
        }

        foreach (var note in Notes)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {note}");
        }

        output.WriteLine(text.ToString());
    }
}

/// <summary>One figure; with a target it is reached or not.</summary>
/// <param name="Name">What it is: <c>raw_ratio_8_clients</c>.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Target">What it should be, where an issue says so.</param>
/// <param name="Better"><c>higher</c> or <c>lower</c>.</param>
sealed record Figure(string Name, double Value, double? Target, string Better)
{
    public bool? Reached => Target is null ? null : Better is "higher" ? Value >= Target : Value <= Target;

    /// <summary>The more the better.</summary>
    public static Figure High(string name, double value, double? target = null) => new(name, Rounded(value), target, "higher");

    /// <summary>The less the better.</summary>
    public static Figure Low(string name, double value, double? target = null) => new(name, Rounded(value), target, "lower");

    static double Rounded(double value) => Math.Round(value, value < 10 ? 3 : 1);
}
