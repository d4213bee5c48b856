namespace Platform;

/// <summary>
/// Something outside the program keeps it from starting, and the message is the one sentence that says what and what to do
/// about it. The program prints it on standard error and ends with an exit code other than 0; no stack trace helps here.
/// </summary>
public sealed class CannotStartException(string sentence, Exception? cause = null) : Exception(sentence, cause)
{
    /// <summary>The exit code of a program that could not start (EX_CONFIG of sysexits.h).</summary>
    public const int ExitCode = 78;
}
