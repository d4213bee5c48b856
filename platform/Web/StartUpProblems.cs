using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Platform.Database;

namespace Platform.Web;

/// <summary>What keeps a program from starting, in one line that says what to do; null for bugs, which deserve their stack trace.</summary>
public static class StartUpProblems
{
    /// <summary>The line, or null.</summary>
    public static string? Explain(Exception failure) => failure switch
    {
        CannotStartException cannot => cannot.Message,
        MigrationEditedException edited => edited.Message,
        OperationCanceledException => "Stopped.",
        InvalidOperationException { InnerException: not null } unreadable when unreadable.Message.StartsWith("Failed to convert configuration value", StringComparison.Ordinal) => $"A setting cannot be read: {unreadable.Message}.".Replace("..", ".", StringComparison.Ordinal),
        _ when AddressInUse(failure) => $"The address is taken by another program: {failure.Message} Stop that program, or choose another with --port N or another address in the settings.",
        UnauthorizedAccessException denied => $"{denied.Message} Give this user the right to write there, or choose another folder with --data DIR.",
        _ when failure.IsUnavailable() => $"The database cannot be reached: {failure.GetBaseException().Message}",
        _ => null,
    };

    static bool AddressInUse(Exception? failure) =>
        failure is not null && (failure is AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } || AddressInUse(failure.InnerException));
}
