/// Why a command ends without its result, and with which exit code.
struct Failure: Error {
    /// The exit codes of the whole command line.
    enum Code: Int32 {
        /// A gate failed, or `--fail-on` was met.
        case found = 1
        /// The command was called wrongly.
        case usage = 2
        /// The input or the configuration is wrong.
        case input = 3
        /// The server cannot be reached.
        case unreachable = 4
    }

    let code: Code
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Runs `body` and turns what it throws into a failure of the input, told by its description.
    static func ofInput<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.input, "\(error)")
        }
    }

    /// Runs `body` and turns what it throws into a failure of the input, told by its description.
    static func ofInput<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.input, "\(error)")
        }
    }
}
