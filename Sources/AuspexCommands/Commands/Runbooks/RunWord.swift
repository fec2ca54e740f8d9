import ArgumentParser
import AuspexRunbooks
import AuspexSignals

/// A run at a server to which a person says something.
struct RunWord: ParsableArguments {
    @Argument(help: "The run's id.")
    var run: String

    @OptionGroup var person: Person

    @Option(help: "table or json.")
    var format: TextOrJSON = .table

    @OptionGroup var server: ServerOptions

    /// Says it, and prints how the run stands.
    func say(_ word: String, _ more: [String: JSONValue]) async throws {
        let body = more.merging(["by": .string(person.by)]) { given, _ in given }
        let path = APIPath("/api/v1/runs").below(run).text + "/" + word
        let client = try server.client()
        switch format {
        case .json: Terminal.print(try json(try await client.send("POST", path, body: body, as: JSONValue.self)))
        case .table:
            let record = try await client.send("POST", path, body: body, as: RunRecord.self)
            Terminal.print(record.text(isTold: true))
        }
    }
}
