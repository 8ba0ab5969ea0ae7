/** What the file system does not offer: files and folders that appear whole or not at all. The lowest floor. */
package org.tdro.files;
