return await Identity.Web.CommandLine.RunAsync(args);
