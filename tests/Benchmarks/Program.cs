return await Benchmarks.CommandLine.RunAsync(args);
