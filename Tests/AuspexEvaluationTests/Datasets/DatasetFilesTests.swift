import AuspexTesting
import Testing

@testable import AuspexEvaluation

@Suite("Finding data sets") struct DatasetFilesTests {
    @Test("a folder gives its CSV files in order of their names, hidden ones left out")
    func folder() throws {
        let folder = try TemporaryDirectory()
        for name in ["b.csv", "a/z.csv.gz", "a/y.CSV", "a/notes.txt", ".hidden.csv", ".git/x.csv"] {
            try folder.file(name, "v\n1\n")
        }
        let found = try DatasetFiles.find([folder.path]).files.map(\.path)
        #expect(found == ["a/y.CSV", "a/z.csv.gz", "b.csv"].map { "\(folder.path)/\($0)" })
        #expect(try DatasetFiles.find([folder.path + "/"]).files.map(\.path) == found)
    }

    @Test("a file is taken whatever its name, and once")
    func file() throws {
        let folder = try TemporaryDirectory()
        let file = try folder.file("data.txt", "v\n1\n")
        #expect(try DatasetFiles.find([file, file, "-"]).files.map(\.path) == [file, "-"])
    }

    @Test("nothing there is an error that says so")
    func nothing() throws {
        let folder = try TemporaryDirectory()
        #expect(throws: EvaluationError.noSuchPath("/nonexistent")) { try DatasetFiles.find(["/nonexistent"]) }
        #expect(throws: EvaluationError.noFiles(paths: [folder.path])) { try DatasetFiles.find([folder.path]) }
        #expect(throws: EvaluationError.noFiles(paths: [])) { try DatasetFiles.find([]) }
    }
}
