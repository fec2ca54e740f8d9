import Foundation

/// Finds the files of data sets, and knows the common ones by their layout.
///
/// | layout | known by |
/// |---|---|
/// | tables | `.csv`, `.csv.gz` with a column of labels |
/// | UCR Anomaly Archive | `…_UCR_Anomaly_NAME_TRAINEND_BEGIN_END.txt` |
/// | SMD | folders `train`, `test` and `test_label` with files of the same names |
/// | SMAP, MSL | folders `train` and `test` with `.npy`, `labeled_anomalies.csv` there or one folder up |
/// | ASD, as arrays or text | `NAME_train`, `NAME_test` and `NAME_test_label` |
struct DatasetFiles {
    /// The endings of the tables that are taken from a folder.
    static let endings = [".csv", ".csv.gz"]
    /// The endings of files of rows in the layouts of several files.
    private static let rowEndings = [".npy", ".txt", ".txt.gz", ".csv", ".csv.gz"]
    private static let pickleEndings = [".pkl", ".pickle"]

    /// The files to measure, each once, in the order of the paths and within a folder in order of their names.
    private(set) var files: [DatasetFile] = []
    /// The files that look like data and are left out, and why.
    private(set) var skipped: [SkippedFile] = []

    /// The files at the paths, as they are, and of a folder all in it and beneath it.
    ///
    /// - Throws: ``EvaluationError/noSuchPath(_:)``, ``EvaluationError/noFiles(paths:)``.
    static func find(_ paths: [String]) throws(EvaluationError) -> DatasetFiles {
        var found = DatasetFiles()
        var seen: Set<String> = []
        for path in paths {
            var isFolder: ObjCBool = false
            if path == "-" {
                if seen.insert(path).inserted { found.files.append(DatasetFile(path: path)) }
                continue
            }
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .noSuchPath(path) }
            let names = isFolder.boolValue ? Self.names(beneath: path) : [path]
            var layouts = LayoutFinder()
            for name in names where !seen.contains(name) { found.take(name, isNamed: !isFolder.boolValue, &layouts) }
            seen.formUnion(names)
        }
        guard !found.files.isEmpty || !found.skipped.isEmpty else { throw .noFiles(paths: paths) }
        return found
    }

    private mutating func take(_ path: String, isNamed: Bool, _ layouts: inout LayoutFinder) {
        if let archive = UCRArchive(path: path) {
            files.append(DatasetFile(path: path, layout: .ucr(archive)))
        } else if Self.has(Self.pickleEndings, path) {
            skipped.append(
                SkippedFile(
                    file: path,
                    reason: "a pickle is a program that runs when it is read; save the array with numpy.save "
                        + "under the same name with .npy"))
        } else if let file = layouts.file(at: path) {
            files.append(file)
        } else if layouts.isPart(path) {
            return
        } else if isNamed || Self.has(Self.endings, path) {
            files.append(DatasetFile(path: path))
        } else if path.lowercased().hasSuffix(".npy") {
            skipped.append(
                SkippedFile(
                    file: path,
                    reason: "an array has no labels; put them in a file of the same name in test_label beside test, "
                        + "or name the files NAME_train, NAME_test and NAME_test_label"))
        }
    }

    /// The paths of all files beneath a folder, in order, hidden ones left out. Does not follow symbolic links, so that
    /// there are no circles.
    private static func names(beneath path: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: path)?.allObjects.compactMap { $0 as? String } ?? []
        let base = path.hasSuffix("/") ? path : path + "/"
        let all = endings + rowEndings + pickleEndings
        return names.filter { name in
            has(all, name) && !name.split(separator: "/").contains { $0.hasPrefix(".") }
        }.sorted().map { base + $0 }
    }

    private static func has(_ endings: [String], _ path: String) -> Bool {
        let path = path.lowercased()
        return endings.contains { path.hasSuffix($0) }
    }

    /// The part of a name before its ending of rows; nil for other names.
    static func stem(_ name: String) -> String? {
        rowEndings.first { name.lowercased().hasSuffix($0) }.map { String(name.dropLast($0.count)) }
    }

    /// The file with one of the endings of rows that is there.
    static func rows(at stem: String) -> String? {
        rowEndings.map { stem + $0 }.first { FileManager.default.fileExists(atPath: $0) }
    }
}
