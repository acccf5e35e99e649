// Command gensdk writes the SDK of a Pulumi package in one language, by the generators of `pulumi package gen-sdk`,
// which itself needs the language's host.
//
//	gensdk <schema.json> <nodejs|go|python> <folder>
//
// The folder must not exist yet. The schema must stand alone: packages that it refers to are not looked for.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// generators carry the names that the published language hosts write into what they generate.
var generators = map[string]func(*schema.Package) (map[string][]byte, error){
	"nodejs": func(pkg *schema.Package) (map[string][]byte, error) {
		return nodejs.GeneratePackage("pulumi-language-nodejs", pkg, nil, nil, true, alone{})
	},
	"go": func(pkg *schema.Package) (map[string][]byte, error) {
		return gogen.GeneratePackage("pulumi-language-go", pkg, nil)
	},
	"python": func(pkg *schema.Package) (map[string][]byte, error) {
		return python.GeneratePackage("pulumi-language-python", pkg, nil, alone{})
	},
}

// alone loads no other package. The binder and the generators call no other method of a loader.
type alone struct{ schema.ReferenceLoader }

func (alone) LoadPackageReferenceV2(
	_ context.Context, wanted *schema.PackageDescriptor,
) (schema.PackageReference, error) {
	return nil, fmt.Errorf("the schema refers to the package %s: only one that stands alone can be generated from", wanted.Name)
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: gensdk <schema.json> <nodejs|go|python> <folder>")
		os.Exit(2)
	}
	if err := generate(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error())
		os.Exit(1)
	}
}

func generate(file, language, folder string) error {
	generator, known := generators[language]
	if !known {
		return fmt.Errorf("%s: no such language: nodejs, go or python", language)
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already: remove it, or name another folder", folder)
	}
	pkg, err := read(file)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	files, err := generator(pkg)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// read returns the package that a schema describes, or everything that is wrong with it.
func read(file string) (*schema.Package, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, err
	}
	pkg, wrong, err := schema.BindSpec(spec, alone{}, schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	if wrong.HasErrors() {
		lines := []string{"not the schema of a package:"}
		for _, problem := range wrong {
			lines = append(lines, "  "+problem.Summary)
		}
		return nil, errors.New(strings.Join(lines, "\n"))
	}
	return pkg, nil
}
