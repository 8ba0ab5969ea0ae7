/** Commands about stored models: {@code tdro model}, {@code export}, {@code serve}. */
package org.tdro.tools.models;
