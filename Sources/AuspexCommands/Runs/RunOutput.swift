import ArgumentParser
import AuspexRunbooks

/// How a run is told of.
struct RunOutput: ParsableArguments {
    @Option(help: "table or json: how the run is shown at its end.")
    var format: TextOrJSON = .table

    @Flag(help: "A line of JSON for each thing that happens: ts, run, step, type, data.")
    var machineReadable = false

    func validate() throws {
        if machineReadable, format == .json {
            throw ValidationError("--machine-readable and --format json exclude each other")
        }
    }

    var form: RunPrinter.Form {
        machineReadable ? .lines : format == .json ? .json : .table
    }

    /// Tells how the run stands at the end, and ends with its exit code.
    ///
    /// - Parameter directory: The directory of its journal, when no server has it.
    func finish(_ record: RunRecord, in directory: String? = nil) throws {
        try RunPrinter(form).finish(record, in: directory)
        guard record.exitCode == 0 else { throw ExitCode(record.exitCode) }
    }
}
