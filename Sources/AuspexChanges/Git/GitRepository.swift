import Foundation

/// Reads a repository through the git command line.
package struct GitRepository: Sendable {
    private let command: GitCommand
    let directory: String

    /// How many bytes of history are read at most.
    var historyBytes: Int { command.limits.historyBytes }

    /// The repository that `directory` lies in.
    ///
    /// - Parameters:
    ///   - directory: The working tree, a directory in it, or a bare repository.
    ///   - environment: Where `PATH` and `HOME` are taken from; nothing else is handed on to git.
    ///   - limits: What git may cost.
    package init(
        directory: String, environment: [String: String] = ProcessInfo.processInfo.environment,
        limits: GitLimits = GitLimits()
    ) {
        self.directory = directory
        command = GitCommand(directory: directory, environment: environment, limits: limits)
    }

    /// A range whose revisions were looked up.
    struct ResolvedRange: Hashable, Sendable {
        /// The object name of the left side; nil for a single commit.
        var from: String?
        /// The object name of the right side.
        var to: String
        /// How many commits of the main line belong to the range, at least 1.
        var count: Int
        /// Whether the left side is contained in the right one.
        var isAncestor: Bool
        /// The first commit of the main line where a shallow clone cuts older history off; nil where nothing is.
        var edge: String?

        /// Whether the main line begins where a shallow clone cuts older history off.
        var startsAtEdge: Bool { edge != nil }
    }

    /// The object name of the commit that a revision names, such as `HEAD`.
    package func commit(named revision: String) async throws(GitError) -> String { try await commit(revision, false) }

    /// Looks the range up.
    func resolve(_ range: GitRange) async throws(GitError) -> ResolvedRange {
        let isShallow = try await line(["rev-parse", "--is-shallow-repository"]) == "true"
        let to = try await commit(range.to, isShallow)
        let edge = isShallow ? try await self.edge(of: to) : nil
        guard let left = range.from else {
            return ResolvedRange(from: nil, to: to, count: 1, isAncestor: true, edge: edge)
        }
        let from = try await commit(left, isShallow)
        let size = try await count([to, "^" + from])
        guard size > 0 else { throw .emptyRange(range.description) }
        let ancestry = try await command.run(["merge-base", "--is-ancestor", from, to])
        return ResolvedRange(from: from, to: to, count: size, isAncestor: ancestry.exitCode == 0, edge: edge)
    }

    /// The oldest commit of the main line up to `commit`.
    func root(of commit: String) async throws(GitError) -> String {
        try await line(["rev-list", "--first-parent", "--max-parents=0", commit, "--"])
    }

    /// The oldest commit of the main line up to `commit` if it is one whose parents a shallow clone lacks; nil if it is
    /// the repository's real beginning.
    private func edge(of commit: String) async throws(GitError) -> String? {
        let oldest = try await root(of: commit)
        let path = try await line(["rev-parse", "--git-path", "shallow"])
        let file = URL(filePath: path, relativeTo: URL(filePath: directory, directoryHint: .isDirectory))
        do {
            let edges = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            return edges.contains(Substring(oldest)) ? oldest : nil
        } catch {
            throw .unexpectedOutput(
                command: "rev-parse", reason: "the list of shallow commits cannot be read: \(error)")
        }
    }

    /// Walks the main line up to `commit`, oldest first, in one pass.
    ///
    /// - Parameter known: A commit; what can be reached from it is left out. Nil for nothing.
    ///
    /// The main line follows first parents only: a merge counts as one commit, with everything that it brought in.
    func walk<Output: GitOutput>(
        upTo commit: String, besides known: String? = nil, into output: Output
    ) async throws(GitError) -> Output {
        let options = [
            "log", "--first-parent", "-m", "--reverse", "-z", "--numstat", "--find-renames", "--no-ext-diff",
            "--no-textconv", "--no-color", "--no-notes", "--no-relative", "-O/dev/null", "--ignore-submodules=none",
            "--diff-algorithm=myers", "--encoding=UTF-8", "--format=" + GitLogParser.format, "--end-of-options",
        ]
        let arguments = options + [commit] + (known.map { ["^" + $0] } ?? []) + ["--"]
        let (result, answer) = try await command.stream(arguments, into: output)
        try check(answer, "log")
        return result
    }

    /// The same repository seen from the top of its working tree, for commands that take paths as seen from where they
    /// run. One without a working tree stays as it is.
    func fromTop() async throws(GitError) -> GitRepository {
        let answer = try await shortAnswer(["rev-parse", "--show-toplevel"])
        guard let top = answer, top.hasSuffix("\n") else { return self }
        return GitRepository(
            directory: String(top.dropLast()), environment: command.environment, limits: command.limits)
    }

    /// Runs a command that prints at most a megabyte; nil when it prints more, or git refuses.
    ///
    /// - Throws: also when a list of revisions that blame is configured to ignore is lacking: then it refuses whatever
    ///   it is asked.
    func shortAnswer(_ arguments: [String]) async throws(GitError) -> String? {
        do {
            let answer = try await command.run(arguments)
            if answer.message.contains("could not open object name list") { try check(answer, arguments.first ?? "") }
            return answer.exitCode == 0 ? answer.output : nil
        } catch .outputTooLarge {
            return nil
        }
    }

    private func commit(_ revision: String, _ isShallow: Bool) async throws(GitError) -> String {
        let answer = try await command.run(
            ["rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"])
        guard answer.exitCode == 0 else {
            let any = try await line(["rev-list", "--all", "--max-count=1"])
            throw any.isEmpty ? .noCommits(directory) : .unknownRevision(revision, isShallow: isShallow)
        }
        // Git versions differ in whether they repeat the option itself.
        let lines = answer.output.split(separator: "\n").filter { $0 != "--end-of-options" }
        guard let name = lines.last, lines.count == 1 else {
            throw .unexpectedOutput(command: "rev-parse", reason: "'\(revision)' is not one commit")
        }
        return String(name)
    }

    /// How many commits of the main line these revisions select.
    func count(_ revisions: [String]) async throws(GitError) -> Int {
        let text = try await line(["rev-list", "--first-parent", "--count"] + revisions + ["--"])
        guard let count = Int(text) else {
            throw .unexpectedOutput(command: "rev-list", reason: "a count was expected")
        }
        return count
    }

    /// The one line that a command prints.
    func line(_ arguments: [String]) async throws(GitError) -> String {
        let answer = try await command.run(arguments)
        try check(answer, arguments.first ?? "")
        return answer.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Turns a failure into the error that tells the user most.
    private func check(_ answer: GitCommand.Answer, _ name: String) throws(GitError) {
        guard answer.exitCode != 0 else { return }
        if answer.message.contains("cannot change to") { throw .noSuchDirectory(directory) }
        if answer.message.contains("not a git repository") { throw .notARepository(directory) }
        if answer.message.contains("dubious ownership") { throw .dubiousOwnership(directory) }
        let longest = 500
        throw .failed(
            command: name, status: answer.status,
            message: String(answer.message.trimmingCharacters(in: .whitespacesAndNewlines).suffix(longest)))
    }
}
