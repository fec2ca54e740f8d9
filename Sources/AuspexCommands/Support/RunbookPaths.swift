import AuspexDocuments
import AuspexRules
import AuspexRunbooks
import Foundation

/// Where runbooks are looked for: in the files and folders of rules, and in those that are named for them and do not lie
/// there anyway.
func runbookPaths(besideRules rules: [String], named: [String]) -> [String] {
    let whole = { (path: String) in URL(filePath: path).standardizedFileURL.path }
    let folders = rules.map(whole)
    return rules
        + named.filter { path in
            let path = whole(path)
            return !folders.contains { $0 == path || path.hasPrefix($0 + "/") }
        }
}

/// The folders called `runbooks` beside single files with rules: what these ask for is most likely there.
func lentRunbookPaths(besideRules rules: [String]) -> [String] {
    let folders = rules.filter { !isFolder($0) }.map { ($0 as NSString).deletingLastPathComponent }
    return Set(folders.map { ($0 as NSString).appendingPathComponent("runbooks") }).filter(isFolder).sorted()
}

private func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
}

/// Loads rules; where a runbook that they ask for is missing, says how to name it.
func namingRunbooks<Loaded>(_ load: () throws -> Loaded) throws -> Loaded {
    do {
        return try load()
    } catch let error as DocumentError {
        throw DocumentError(
            error.diagnostics.map { diagnostic in
                var diagnostic = diagnostic
                if diagnostic.message.hasPrefix("there is no runbook") {
                    diagnostic.message += "; give its file with --runbooks"
                }
                return diagnostic
            })
    }
}
