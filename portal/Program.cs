return await Portal.Web.CommandLine.RunAsync(args);
