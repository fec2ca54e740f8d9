import AuspexSignals
import AuspexTesting
import Synchronization

/// Counts the requests for each path, and answers as a service does that takes a moment to be ready, and that can be asked
/// what it was asked.
///
/// A class because the server and the test share it.
final class RequestCounter: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func count(_ path: String) -> Int { counts.withLock { $0[path] ?? 0 } }

    func answer(to call: FakeAPI.Call) -> String {
        // A message names its run in its text: `run 7`.
        let isMessage = call.path == "/tell"
        let message = call.json["message"]?.string ?? ""
        let path = isMessage ? "/tell/" + message.replacing("run ", with: "") : call.path
        let count = counts.withLock { counts in
            counts[path, default: 0] += 1
            return counts[path] ?? 0
        }
        if path.hasPrefix("/asked/") { return self.count(path.replacing("/asked/", with: "/post/")) > 0 ? "yes" : "no" }
        if path.hasPrefix("/ready/") { return count == 1 ? #"{"status":"starting"}"# : #"{"status":"ok"}"# }
        return "{}"
    }
}
