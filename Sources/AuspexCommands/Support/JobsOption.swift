import ArgumentParser

/// How many computations a command does at once.
struct JobsOption: ParsableArguments {
    @Option(help: "How many computations run at once; by default one for each core.")
    var jobs: Int?

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs \(jobs) must be 1 or more") }
    }
}
