import Foundation

/// What the engine asks for: the file `order.json` of the spool directory.
struct Order: Decodable {
    /// The program's absolute path, then its arguments.
    let argv: [String]
    /// The whole environment of the program.
    let environment: [String: String]
    /// The directory to start in.
    let directory: String
    /// What the program reads; nothing when missing.
    let input: String?
    /// The longest that the program may run.
    let timeoutMilliseconds: Int64
    /// How long after SIGTERM comes SIGKILL.
    let graceMilliseconds: Int64
    /// Bytes kept of either end of each output.
    let keptBytes: Int
    /// Whether the program goes on when the engine is gone: what must happen at most once is rather finished, so that
    /// its result is known.
    let outlivesEngine: Bool

    /// Reads the order in the directory `spool`.
    init(spool: String) throws {
        self = try JSONDecoder().decode(Order.self, from: Data(contentsOf: URL(filePath: spool + "/order.json")))
    }
}
