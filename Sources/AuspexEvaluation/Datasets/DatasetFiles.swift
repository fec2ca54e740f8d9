import Foundation

/// Finds the files of data sets.
enum DatasetFiles {
    /// The endings of the files that are taken from a folder.
    static let endings = [".csv", ".csv.gz"]

    /// Every path that is not a folder, as it is; of a folder all CSV files in it and beneath it, in order of their names.
    /// Each file once.
    ///
    /// - Throws: ``EvaluationError/noSuchPath(_:)``, ``EvaluationError/noFiles(paths:)``.
    static func find(_ paths: [String]) throws(EvaluationError) -> [String] {
        var files: [String] = []
        var seen: Set<String> = []
        for path in paths {
            for file in try path == "-" ? [path] : expand(path) where seen.insert(file).inserted { files.append(file) }
        }
        guard !files.isEmpty else { throw .noFiles(paths: paths) }
        return files
    }

    private static func expand(_ path: String) throws(EvaluationError) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .noSuchPath(path) }
        guard isFolder.boolValue else { return [path] }
        // Does not follow symbolic links, so that there are no circles.
        let names = FileManager.default.enumerator(atPath: path)?.allObjects.compactMap { $0 as? String } ?? []
        let base = path.hasSuffix("/") ? path : path + "/"
        return names.filter { name in
            let parts = name.split(separator: "/")
            return endings.contains { name.lowercased().hasSuffix($0) } && !parts.contains { $0.hasPrefix(".") }
        }.sorted().map { base + $0 }
    }
}
