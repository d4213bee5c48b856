using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Platform;
using Shouldly;

namespace Portal.Tests.PlatformRules;

/// <summary>The program itself, as a process: what it leaves behind and what it says.</summary>
public sealed class RunningThePortal
{
    [Fact]
    public async Task Two_processes_that_start_at_once_share_a_server_that_outlives_both()
    {
        await using var test = new ServerOfATest();

        var ended = await Task.WhenAll(RunAsync("migrate", "--data", test.DataFolder), RunAsync("migrate", "--data", test.DataFolder));

        ended.ShouldAllBe(end => end.ExitCode == 0);
        ended.Select(end => end.Output).Count(output => output.EndsWith(" migrations were applied.", StringComparison.Ordinal)).ShouldBe(1);
        ended.Select(end => end.Output).Count(output => output == "The database is up to date.").ShouldBe(1);
        (await test.StartAsync()).ServerProcess.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_server_survives_the_kill_of_the_portal_and_is_found_again()
    {
        await using var test = new ServerOfATest();
        using var portal = StartPortal(null, Program, "serve", "--data", test.DataFolder, "--port", $"{FreePort()}");
        var pidFile = Path.Combine(test.DataFolder, "postgres", "postmaster.pid");
        await ServerOfATest.WaitUntilAsync(() => File.Exists(pidFile));

        portal.Kill();
        await portal.WaitForExitAsync();

        var server = await test.StartAsync();
        (await File.ReadAllLinesAsync(pidFile))[0].ShouldBe($"{server.ServerProcess}");
        (await RunAsync("migrate", "--data", test.DataFolder)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task An_ordinary_user_runs_it_all_as_oneself()
    {
        await using var test = new ServerOfATest();
        var program = Program;
        string? user = null;
        if (Environment.IsPrivilegedProcess)
        {
            user = "nobody";
            program = await CopyForEveryoneAsync(Path.Combine(test.Parent, "program"));
            await EndAsync(Start("chown", user, test.Parent));
        }

        var (exitCode, output, errors) = await EndAsync(StartPortal(user, program, "migrate", "--data", test.DataFolder));

        errors.ShouldBe("");
        exitCode.ShouldBe(0, output);
        (await OwnerAsync($"/proc/{(await test.StartAsync()).ServerProcess}")).ShouldBe(user ?? Environment.UserName);
        (await OwnerAsync(Path.Combine(test.DataFolder, "database.json"))).ShouldBe(user ?? Environment.UserName);
    }

    [Fact]
    public async Task What_keeps_it_from_starting_is_one_line_on_standard_error()
    {
        var (exitCode, output, errors) = await RunAsync("migrate", "--data", "/proc/data");

        exitCode.ShouldBe(CannotStartException.ExitCode);
        output.ShouldBe("");
        errors.ShouldStartWith("The data folder /proc/data cannot be written (");
        errors.ShouldNotContain("\n");
    }

    [Fact]
    public async Task A_setting_that_is_no_number_is_one_line_too()
    {
        var (exitCode, _, errors) = await RunAsync("migrate", "--data", "/proc/data", "--Portal:DatabasePort=many");

        exitCode.ShouldBe(CannotStartException.ExitCode);
        errors.ShouldBe("A setting cannot be read: Failed to convert configuration value 'many' at 'Portal:DatabasePort' to type 'System.Int32'.");
    }

    static string Program => Path.Combine(AppContext.BaseDirectory, "Portal.dll");

    static Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => EndAsync(StartPortal(null, Program, arguments));

    static Process StartPortal(string? user, string program, params string[] arguments)
    {
        var start = Quiet("dotnet", [program, .. arguments]);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        if (user is not null)
        {
            start.UserName = user;
            start.Environment["HOME"] = "/";
        }

        return Process.Start(start)!;
    }

    static Process Start(string program, params string[] arguments) => Process.Start(Quiet(program, arguments))!;

    static ProcessStartInfo Quiet(string program, IEnumerable<string> arguments) => new(program, arguments)
    {
        UseShellExecute = false,
        WorkingDirectory = "/",
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    static async Task<(int ExitCode, string Output, string Errors)> EndAsync(Process process)
    {
        using (process)
        {
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, output.Trim(), (await errors).Trim());
        }
    }

    static async Task<string> OwnerAsync(string path) => (await EndAsync(Start("stat", "-c", "%U", path))).Output;

    // The build may stand in a folder that only root can enter.
    static async Task<string> CopyForEveryoneAsync(string folder)
    {
        await EndAsync(Start("cp", "-r", AppContext.BaseDirectory, folder));
        await EndAsync(Start("chmod", "-R", "a+rX", folder));
        return Path.Combine(folder, "Portal.dll");
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
