import AuspexTesting
import Foundation

extension TemporaryDirectory {
    /// The text of a file, empty where there is none.
    func read(_ name: String) -> String { (try? String(contentsOfFile: path + "/" + name, encoding: .utf8)) ?? "" }
}
