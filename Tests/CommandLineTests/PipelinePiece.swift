import AuspexDocuments
import Foundation
import Testing

/// A ready piece for a CI system, and how that system runs it.
enum PipelinePiece: String, CaseIterable, CustomTestStringConvertible {
    case curl, github, gitlab, jenkins

    var testDescription: String { rawValue }

    private static let folder = Program.folders.sources.appending(path: "Pipelines")

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    }

    private static func yaml(_ path: String) throws -> DocumentNode {
        try #require(try DocumentParser.documents(in: try text(path), file: path).first).root
    }

    /// The one script with curl that all pieces share.
    static func curlScript() throws -> String { try text("curl.sh") }

    /// What the system hands to a shell.
    func script() throws -> String {
        switch self {
        case .curl: return try Self.curlScript()
        case .github: return try #require(try step()["run"]?.text)
        case .gitlab:
            return try #require(
                try Self.yaml("gitlab/auspex.gitlab-ci.yml")[".auspex-gate"]?["script"]?.elements?.first?.text)
        case .jenkins:
            let parts = try Self.text("jenkins/Jenkinsfile").components(separatedBy: "'''")
            try #require(parts.count == 3)
            // In Groovy a backslash between three quotes stands for what follows it.
            return parts[1].replacing("\\\\", with: "\\")
        }
    }

    /// The shell as the system calls it.
    var shell: [String] {
        switch self {
        case .curl: ["/bin/sh"]
        case .github: ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail"]
        case .gitlab: ["/bin/sh", "-e"]
        case .jenkins: ["/bin/sh", "-xe"]
        }
    }

    /// The environment that the script finds, for what a user says in the piece's own words.
    func environment(_ values: [String: String]) throws -> [String: String] {
        guard self == .github else { return values }
        let inputs = try Self.yaml("github/action.yml")["inputs"]?.entries ?? []
        var variables: [String: String] = ["GITHUB_ACTION_PATH": Self.folder.appending(path: "github").path]
        for entry in try #require(try step()["env"]?.entries) {
            let expression = try #require(entry.value.text).trimmingCharacters(in: CharacterSet(charactersIn: "${ }"))
            let parts = expression.split(separator: ".").map(String.init)
            try #require(parts.count == 2)
            guard parts[0] == "inputs" else {
                variables[entry.key] = values[entry.key] ?? "octocat"
                continue
            }
            let input = try #require(inputs.first { $0.key == parts[1] }, "no input \(parts[1])")
            variables[entry.key] = values[entry.key] ?? input.value["default"]?.text ?? ""
        }
        return variables.merging(values) { _, given in given }
    }

    private func step() throws -> [String: DocumentNode] {
        let steps = try Self.yaml("github/action.yml")["runs"]?["steps"]?.elements ?? []
        try #require(steps.count == 1)
        let entries = try #require(steps[0].entries)
        return Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.value) })
    }

    /// Runs the piece as its system does.
    ///
    /// - Parameter hasAuspex: Whether `auspex` is on the path; otherwise there is curl alone.
    func run(
        server: Int, hasAuspex: Bool, _ values: [String: String] = [:]
    ) async throws -> Program.Outcome {
        var all = ["GATE_SERVICE": "shop", "GATE_ENVIRONMENT": "production", "GATE_SHA": "abc"]
        all["AUSPEX_SERVER"] = "http://127.0.0.1:\(server)"
        all.merge(values) { _, given in given }
        var variables = try environment(all)
        variables["PATH"] = (hasAuspex ? Program.folders.programs.path + ":" : "") + "/usr/bin:/bin"
        return try await Program.script(try script(), with: shell, environment: variables)
    }
}
